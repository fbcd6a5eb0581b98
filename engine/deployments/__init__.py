"""Read folders of definitions, check them, deploy them, and load what a case pins."""

from engine.deployments.checks import check, stray
from engine.deployments.definitions import (
    LAYOUTS,
    LETTERS,
    Definitions,
    InvalidDeployment,
    as_finding,
    build,
    hash_of,
)
from engine.deployments.folders import BASE_EDITION, UnknownFolder, read_folders, stray_files
from engine.deployments.layout_checks import Problem, problems
from engine.deployments.timing import facts_of_time
from engine.deployments.toml_merge import as_toml
from engine.deployments.versions import (
    DeploymentNotFound,
    NothingDeployed,
    deploy,
    deploy_to_try,
    keep_files,
    kept_files,
    load,
    newest,
)
from engine.deployments.writing import called_by
from engine.lint import Finding

__all__ = [
    "BASE_EDITION",
    "LAYOUTS",
    "LETTERS",
    "Definitions",
    "DeploymentNotFound",
    "Finding",
    "InvalidDeployment",
    "NothingDeployed",
    "Problem",
    "UnknownFolder",
    "as_finding",
    "as_toml",
    "build",
    "called_by",
    "check",
    "deploy",
    "deploy_to_try",
    "facts_of_time",
    "hash_of",
    "keep_files",
    "kept_files",
    "load",
    "newest",
    "problems",
    "read_folders",
    "stray",
    "stray_files",
]
