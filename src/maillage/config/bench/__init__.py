"""`maillage bench`: each measure runs the thing itself, in a process and a data folder of its own."""
