"""Master data: a city's organisations, sites, papers, vehicles and people, from files and from pages."""
