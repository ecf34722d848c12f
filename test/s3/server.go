// Package s3 runs a real S3 server for tests: versitygw, which checks signatures and rights, on a folder of its own and
// gone when the program that started it is. hack/s3server pins it, in a module of its own: its dependencies are not ours.
package s3

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/account-operator/account-operator/test/cluster/process"
	"github.com/account-operator/account-operator/test/standin"
)

// What the server has.
const (
	Region = "eu-central-1"
	Bucket = "data" // the owner's
)

// Key is an access key and what belongs to it.
type Key struct{ ID, Secret string }

// Server is a running S3 server.
type Server struct {
	// Endpoint is where it is, as https://127.0.0.1:port. Its certificate is standin.CA's.
	Endpoint string
	// Owner may do everything; Stranger is known, and has no right on the bucket.
	Owner, Stranger Key

	folder  *process.Folder
	group   *process.Group
	process *process.Process
}

const (
	buildLimit = 15 * time.Minute // an empty build cache on a busy machine
	startLimit = 30 * time.Second
	stopLimit  = 10 * time.Second
)

// Start builds the server, if need be, and returns when it answers. The secrets are the caller's, so that he can look for
// them afterwards; module is the root of this module.
func Start(ctx context.Context, module string, owner, stranger Key) (*Server, error) {
	program, err := build(ctx, module)
	if err != nil {
		return nil, err
	}
	s := &Server{Owner: owner, Stranger: stranger}
	if err := s.start(ctx, program); err != nil {
		return nil, errors.Join(fmt.Errorf("starting the S3 server: %w", err), s.Stop())
	}
	return s, nil
}

// build leaves the program in Go's build cache and returns where.
func build(ctx context.Context, module string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, buildLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "tool", "-n", "versitygw")
	cmd.Dir = filepath.Join(module, "hack", "s3server")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	out, err := cmd.Output()
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		return "", fmt.Errorf("building the S3 server: %w\n%s", err, failed.Stderr)
	}
	return strings.TrimSpace(string(out)), err
}

func (s *Server) start(ctx context.Context, program string) (err error) {
	if s.folder, err = process.TemporaryFolder("account-operator-s3"); err != nil {
		return err
	}
	if err := s.lay(); err != nil {
		return err
	}
	if s.group, err = process.NewGroup(); err != nil {
		return err
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	s.Endpoint = "https://" + address
	s.process, err = s.group.Start(process.Command{
		Path: program, Dir: s.folder.Path, Log: s.folder.File("log"),
		Args: []string{
			"--quiet", "--access", s.Owner.ID, "--secret", s.Owner.Secret, "--region", Region, "--port", address,
			"--cert", s.folder.File("cert.pem"), "--key", s.folder.File("key.pem"), "--iam-dir", s.folder.File("iam"),
			"posix", s.folder.File("buckets"),
		},
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	return s.process.Await(ctx, s.answers)
}

// lay writes what the server finds when it starts: a bucket, a user and a certificate.
func (s *Server) lay() error {
	for _, folder := range []string{s.folder.File("buckets", Bucket), s.folder.File("iam")} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
	}
	users, err := json.Marshal(map[string]any{"accessAccounts": map[string]any{
		s.Stranger.ID: map[string]any{"access": s.Stranger.ID, "secret": s.Stranger.Secret, "role": "user"},
	}})
	if err != nil {
		return err
	}
	certificate, key, err := standin.CertificatePEM()
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(s.folder.File("iam", "users.json"), users, 0o600),
		os.WriteFile(s.folder.File("cert.pem"), certificate, 0o600),
		os.WriteFile(s.folder.File("key.pem"), key, 0o600))
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (s *Server) answers(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Endpoint, nil)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: standin.CA(), MinVersion: tls.VersionTLS12}, DisableKeepAlives: true,
	}}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() error {
	var errs []error
	if s.process != nil {
		errs = append(errs, s.process.Stop(stopLimit))
	}
	if s.group != nil {
		errs = append(errs, s.group.Close())
	}
	if s.folder != nil {
		errs = append(errs, s.folder.Close())
	}
	return errors.Join(errs...)
}
