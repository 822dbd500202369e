// A witness of one log, as transparency-dev/witness has it: its own rules and its own answers, and what it has seen
// lies in memory. Only the key, the log and the address are given here; the address is printed when it listens.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"

	cosigning "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/witness/persistence/inmemory"
	"github.com/transparency-dev/witness/witness"
	"golang.org/x/mod/sumdb/note"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

// Arguments: a file with the witness's own key, and the log's verifier key.
func main() {
	signer := must(cosigning.NewSignerForCosignatureV1(string(must(os.ReadFile(os.Args[1])))))
	trusted := must(note.NewVerifier(os.Args[2]))
	known := func(_ context.Context, origin string) (note.Verifier, bool, error) {
		return trusted, origin == trusted.Name(), nil
	}
	seen := must(witness.New(context.Background(), witness.Opts{
		Persistence: inmemory.New(), Signers: []note.Signer{signer}, VerifierForLog: known,
	}))
	at := must(net.Listen("tcp", "127.0.0.1:0"))
	fmt.Println(at.Addr())
	http.HandleFunc("POST /add-checkpoint", witness.NewHTTPHandler(seen).AddCheckpoint)
	must(0, http.Serve(at, nil))
}
