"""Raw data for the engines that do not read files themselves."""
