/* The language of the page stands in its address: #ko, or #ko.sql-timeline to lead to a place too. */
"use strict";
(() => {
  const specs = JSON.parse(document.getElementById("charts").textContent);
  const root = document.documentElement;
  const settings = {
    actions: false, renderer: "svg", ast: true,
    tooltip: { theme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light" },
  };
  let views = [];

  async function draw(language) {
    views.splice(0).forEach((view) => view.finalize());
    const places = [...document.querySelectorAll("[data-chart]")];
    views = await Promise.all(places.map((place) =>
      vegaEmbed(place, specs[language][place.dataset.chart], settings)));
    root.dataset.drawn = language;
  }

  function read() {
    const [first, ...rest] = location.hash.slice(1).split(".");
    return first in specs ? [first, rest.join(".")] : [root.lang, location.hash.slice(1)];
  }

  function go(language, place) {
    const at = place && document.getElementById(place);
    if (at instanceof HTMLDetailsElement) at.open = true;
    if (at) at.scrollIntoView();
    if (language === root.lang && root.dataset.drawn) return;
    root.lang = language;
    document.querySelectorAll("[data-language]").forEach((button) =>
      button.setAttribute("aria-pressed", String(button.dataset.language === language)));
    document.title = document.querySelector("h1").innerText;
    draw(language);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-language]");
    const link = event.target.closest('a[href^="#"]');
    const copy = event.target.closest(".copy");
    if (button) location.hash = button.dataset.language;
    if (link) {
      event.preventDefault();
      location.hash = `${root.lang}.${link.getAttribute("href").slice(1)}`;
      go(...read());
    }
    if (copy) {
      const text = copy.parentElement.querySelector("code").textContent;
      navigator.clipboard.writeText(text).then(() => {
        copy.querySelector(".do").hidden = true;
        copy.querySelector(".done").hidden = false;
      });
    }
  });
  addEventListener("hashchange", () => go(...read()));
  go(...read());
})();
