"""The picture of the architecture is that of this project."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from documentation import architecture
from documentation.build import PICTURE

if TYPE_CHECKING:
    from tests.conventions.rulebook import Project


def test_the_picture_shows_the_models_that_there_are(files: Project, project: Project) -> None:
    drawn = architecture.draw(project.manifest)
    assert PICTURE.read_text("utf-8") == drawn, "draw it anew: make docs"
    boxes = {text.text for text in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")}
    folders = {
        path.split("/")[2].replace("_", " ") for path, _ in files.files("models/", suffix=".sql")
    }
    assert folders <= boxes
