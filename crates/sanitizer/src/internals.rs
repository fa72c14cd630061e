//! Doors for benchmarks and fuzz targets, open only with the feature `internals`. Not for products.
