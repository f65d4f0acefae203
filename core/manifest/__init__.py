"""A tenant as data: a folder of YAML files, read and checked before anything is written."""
