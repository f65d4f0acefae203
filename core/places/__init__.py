"""Places without a map: areas of a country, stops of a city, found by what people call them."""
