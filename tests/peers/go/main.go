// Reads a ledger with what the Go project publishes for its own checksum database, and nothing of ours.
//
// In a folder: `vkey`, `checkpoint`, `proofs/N.tlog-proof`, `tile/…` and `consistency` (two sizes, then hashes).
package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var folder string

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func insist(err error) { must(0, err) }

func read(name string) string { return string(must(os.ReadFile(filepath.Join(folder, name)))) }

// A tree's head as a checkpoint says it, after note.Open has found it signed.
func head(text string) tlog.Tree {
	verifier := must(note.NewVerifier(strings.TrimSpace(read("vkey"))))
	opened := must(note.Open([]byte(text), note.VerifierList(verifier)))
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() || len(lines) != 4 {
		insist(fmt.Errorf("no checkpoint of %s: %q", verifier.Name(), opened.Text))
	}
	return tlog.Tree{N: must(strconv.ParseInt(lines[1], 10, 64)), Hash: must(tlog.ParseHash(lines[2]))}
}

func hashes(lines []string) (found []tlog.Hash) {
	for _, line := range lines {
		found = append(found, must(tlog.ParseHash(line)))
	}
	return
}

// Tiles as they lie in the folder; theirs name a tile by its height first and have no folder for it.
type tiles struct{ tree tlog.Tree }

func (tiles) Height() int { return 8 }

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (tiles) ReadTiles(asked []tlog.Tile) (data [][]byte, err error) {
	for _, tile := range asked {
		data = append(data, []byte(read(strings.Replace(tile.Path(), "tile/8/", "tile/", 1))))
	}
	return
}

func main() {
	folder = os.Args[1]
	tree := head(read("checkpoint"))
	through := tlog.TileHashReader(tree, tiles{tree})
	if got := must(tlog.TreeHash(tree.N, through)); got != tree.Hash {
		insist(fmt.Errorf("the tiles have another root"))
	}
	for n := int64(0); n < tree.N; n += 256 {
		must(through.ReadHashes([]int64{tlog.StoredHashIndex(0, n)}))
	}
	count := 0
	for _, path := range must(filepath.Glob(filepath.Join(folder, "proofs", "*.tlog-proof"))) {
		front, checkpoint, _ := strings.Cut(string(must(os.ReadFile(path))), "\n\n")
		lines := strings.Split(front, "\n")
		index := must(strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64))
		leaf := must(base64.StdEncoding.DecodeString(strings.TrimSpace(read(fmt.Sprintf("leaves/%d", index)))))
		against := head(checkpoint)
		insist(tlog.CheckRecord(tlog.RecordProof(hashes(lines[2:])), against.N, against.Hash, index, tlog.RecordHash(leaf)))
		count++
	}
	lines := strings.Fields(read("consistency"))
	old, older := must(strconv.ParseInt(lines[0], 10, 64)), must(tlog.ParseHash(lines[1]))
	insist(tlog.CheckTree(tlog.TreeProof(hashes(lines[2:])), tree.N, tree.Hash, old, older))
	fmt.Printf("%d %s %d\n", tree.N, tree.Hash, count)
}
