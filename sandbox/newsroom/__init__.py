"""The sample newsroom: science sites, feeds and warning messages written for this project, served as real sites serve them."""
