"""Maps as they are drawn. Folium is used here and nowhere else."""
