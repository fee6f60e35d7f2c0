"""The rules of the domain floor, each with every case it has."""
