// Command sql runs one SQL statement against the store, as any other program of the cloud would:
//
//	sql sqlite:///path/accounts.db "DELETE FROM instances WHERE id = 'i-101'"
//
// It knows the documented tables (docs/stores.md) and nothing else of account-operator. What a statement returns is
// printed as a line a row, its columns separated by tabs; else how many rows it changed. No byte of a BLOB is printed.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const usage = `usage: sql URL STATEMENT
  URL is sqlite:///path/accounts.db or postgres://user@host:5432/database`

// limit is for one statement: what waits longer for a lock will not get it.
const limit = 30 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, limit)
	err := run(ctx, os.Args[1:], os.Stdout)
	cancel()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "sql:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	if len(args) != 2 {
		return errors.New("give an address and one statement\n" + usage)
	}
	db, err := open(args[0])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if returnsRows(args[1]) {
		return printRows(ctx, db, args[1], out)
	}
	return printChanged(ctx, db, args[1], out)
}
