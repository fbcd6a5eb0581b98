"""Read folders of definitions, check them, deploy them, and load what a case pins."""

from engine.deployments.checks import check, stray
from engine.deployments.definitions import (
    LAYOUTS,
    LETTERS,
    Definitions,
    InvalidDeployment,
    Reading,
    as_finding,
    build,
    hash_of,
    read,
)
from engine.deployments.diagram_checks import Choice, Choices, check_drawn, choices
from engine.deployments.folders import (
    BASE_EDITION,
    EDITION,
    LABEL,
    REASONS,
    STATUTORY,
    RulesOfEdition,
    UnknownFolder,
    edition_below,
    lay,
    layer_of,
    read_folders,
    read_label,
    stray_files,
)
from engine.deployments.layout_checks import Problem, problems
from engine.deployments.timing import facts_of_time
from engine.deployments.toml_merge import difference, lay_over
from engine.deployments.versions import (
    DeploymentNotFound,
    NothingDeployed,
    deploy,
    editions,
    keep_content,
    load,
    newest,
    versions,
)
from engine.deployments.writing import called_by
from engine.lint import Finding

__all__ = [
    "BASE_EDITION",
    "EDITION",
    "LABEL",
    "LAYOUTS",
    "LETTERS",
    "REASONS",
    "STATUTORY",
    "Choice",
    "Choices",
    "Definitions",
    "DeploymentNotFound",
    "Finding",
    "InvalidDeployment",
    "NothingDeployed",
    "Problem",
    "Reading",
    "RulesOfEdition",
    "UnknownFolder",
    "as_finding",
    "build",
    "called_by",
    "check",
    "check_drawn",
    "choices",
    "deploy",
    "difference",
    "edition_below",
    "editions",
    "facts_of_time",
    "hash_of",
    "keep_content",
    "lay",
    "lay_over",
    "layer_of",
    "load",
    "newest",
    "problems",
    "read",
    "read_folders",
    "read_label",
    "stray",
    "stray_files",
    "versions",
]
