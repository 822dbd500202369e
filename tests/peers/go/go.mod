module example.org/reader

go 1.26.0

// v0.30.0 let a tile that was tampered with pass: tlog.TileHashReader began to compare too late.
require golang.org/x/mod v0.43.0
