"""Reading documents: text, kind, owner, dates."""

from ..lazy import attach

__getattr__, __dir__ = attach(
    __name__,
    {
        "extract": "text",
        "Text": "text",
        "Owners": "owners",
        "Owner": "owners",
        "RuleCoder": "coder",
        "Material": "material",
        "classify_file": "classify",
        "classify_entry": "classify",
        "code_themes": "themes",
        "theme_string": "themes",
        "type_score": "types",
        "cluster_documents": "clusters",
    },
)
