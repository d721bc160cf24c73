"""A country that does not exist, as large as the real one: what the atlas is measured on. One seed, one country."""
