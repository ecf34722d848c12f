package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/account-operator/account-operator/test/bench/report"
)

// diagnostics is where a manager that is profiled serves its profiles.
const diagnostics = "127.0.0.1:36060"

// profiled are the flags of a subject that is profiled.
func (s *site) profiled() []string {
	if s.bench.profiles == "" || s.of.Subject != report.Manager {
		return nil
	}
	return []string{"--diagnostics=" + diagnostics}
}

// profile takes a CPU profile of the next seconds, if one is asked for.
func (s *site) profile(ctx context.Context, kind string, seconds int) <-chan error {
	done := make(chan error, 1)
	if s.profiled() == nil {
		done <- nil
		return done
	}
	go func() { done <- s.keepProfile(ctx, fmt.Sprintf("profile?seconds=%d", seconds), kind) }()
	return done
}

// profileMemory keeps what is in use after a collection, and all that was allocated so far, if profiles are asked for.
func (s *site) profileMemory(ctx context.Context) error {
	if s.profiled() == nil {
		return nil
	}
	return errors.Join(s.keepProfile(ctx, "heap?gc=1", "heap"), s.keepProfile(ctx, "allocs", "allocs"))
}

func (s *site) keepProfile(ctx context.Context, which, kind string) error {
	name := fmt.Sprintf("%s-%d-%s.pprof", strings.ReplaceAll(s.of.Name(), "/", "-"), s.of.Objects, kind)
	return fetch(ctx, "http://"+diagnostics+"/debug/pprof/"+which, filepath.Join(s.bench.profiles, name))
}

func fetch(ctx context.Context, url, path string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, response.Status)
	}
	return os.WriteFile(path, body, 0o600)
}
