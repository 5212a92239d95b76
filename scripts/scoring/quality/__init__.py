"""How usable the delivered data are: counted in the warehouse, judged here, told to a person."""
