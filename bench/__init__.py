"""The ratios the project promises, each to a floor measured in the same run."""
