"""The site of the documentation: start page, docs/, the models, the evidence, the briefing."""
