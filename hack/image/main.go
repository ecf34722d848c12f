// Command image makes the container image of the manager without a container builder: an OCI archive of static programs,
// the certificates of public authorities, and a user. Two runs give the same bytes, on any machine.
//
//	go run . -programs=DIR -version=v1 -archive=image.tar     # DIR/manager-linux-amd64 and DIR/manager-linux-arm64
//	go run . -archive=image.tar -push=registry.example.com/account-operator:v1
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	m := maker{}
	archive, push, created := "", "", int64(0)
	flag.StringVar(&m.programs, "programs", "", "the folder with PROGRAM-linux-ARCH of each platform; empty: the archive is there already")
	flag.StringVar(&m.program, "program", "manager", "the name of the program that the image runs")
	flag.StringVar(&m.version, "version", "dev", "the version that the image says it is")
	flag.StringVar(&m.name, "name", "", "the name that the archive gives the image, as in registry.example.com/account-operator:v1")
	flag.Int64Var(&created, "created", 0, "the time of everything in it, in seconds since 1970")
	flag.StringVar(&archive, "archive", "", "the archive that is made, and pushed")
	flag.StringVar(&push, "push", "", "where the archive is pushed to, with a tag; the digest is printed")
	flag.Parse()
	m.created = time.Unix(created, 0).UTC()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, m, archive, push)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, m maker, archive, push string) error {
	if archive == "" {
		return errors.New("-archive is missing: the file that is made, or pushed")
	}
	if m.programs != "" {
		if err := m.make(archive); err != nil {
			return err
		}
	}
	if push == "" {
		return nil
	}
	digest, err := pushed(ctx, archive, push)
	if err != nil {
		return err
	}
	fmt.Println(digest)
	return nil
}

// make writes the archive, whole or not at all.
func (m maker) make(archive string) error {
	index, err := m.index()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(archive), 0o755); err != nil {
		return err
	}
	half := archive + ".half"
	if err := writeArchive(half, index, m.name); err != nil {
		return errors.Join(err, os.Remove(half))
	}
	return os.Rename(half, archive)
}
