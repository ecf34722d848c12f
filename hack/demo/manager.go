package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/cluster/process"
	"github.com/account-operator/account-operator/test/port"
)

const (
	managerNamespace = "account-operator-system"
	managerAccount   = "account-operator"
	// managerStart is how long the manager may take until it serves its health; it takes a tenth of a second.
	managerStart = 30 * time.Second
)

var errManagerEnded = errors.New("the manager ended")

// startManager runs the built manager with the rights that config/rbac gives it and no others.
func (s *stage) startManager(ctx context.Context) error {
	groups := []string{"system:serviceaccounts", "system:serviceaccounts:" + managerNamespace, "system:authenticated"}
	// Impersonated rather than by a token of its own: that would expire under a `make up` that is left running.
	access := s.cluster.As("system:serviceaccount:"+managerNamespace+":"+managerAccount, groups...)
	if err := cluster.WriteKubeconfig(s.managerKubeconfig(), access); err != nil {
		return err
	}
	address, err := port.Free(ctx)
	if err != nil {
		return err
	}
	s.health = address
	if s.readers, err = port.Free(ctx); err != nil {
		return err
	}
	s.screen.command("manager " + strings.Join(s.managerArgs(), " ") + " &")
	if err := s.launch(ctx); err != nil {
		return err
	}
	if !s.stays { // else it is started again, whatever ends it
		go func() {
			<-s.manager.Done()
			s.fail(errManagerEnded)
		}()
	}
	s.screen.result("http://%s/readyz answers ok", address)
	return nil
}

// launch starts the manager, and returns when it is ready.
func (s *stage) launch(ctx context.Context) (err error) {
	command := process.Command{Path: filepath.Join(s.bin, "manager"), Args: s.managerArgs(), Dir: s.path, Log: s.managerLog()}
	if s.manager, err = s.group.Start(command); err != nil {
		return err
	}
	ready, cancel := context.WithTimeout(ctx, managerStart)
	defer cancel()
	err = s.manager.Await(ready, func(ctx context.Context) error { return healthy(ctx, s.health) })
	if err != nil {
		s.manager.Kill() // else the next one finds its ports taken
	}
	return err
}

// revive starts the manager again whenever it ends or there is a new one, until ctx does.
func (s *stage) revive(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.renewed:
			if err := s.manager.Stop(stopLimit); err != nil {
				s.screen.failure(err.Error())
			}
		case <-s.manager.Done():
			s.screen.line(s.screen.in(bold, "the manager ended") + "; starting it again. Its last words are in " + s.managerLog())
		}
		for s.launch(ctx) != nil && passes(ctx, time.Second) {
			continue // as while the API server is away
		}
		if ctx.Err() == nil {
			s.screen.result("the manager runs again")
		}
	}
}

func (s *stage) managerArgs() []string {
	return []string{
		"--kubeconfig=" + s.managerKubeconfig(),
		"--store=" + s.storeAddress(),
		"--seal-keyset-file=" + s.keyset(),
		"--leader-elect", "--leader-elect-namespace=" + managerNamespace,
		"--smtp-url-file=" + s.mailServer(), "--mail-from=no-reply@example.com",
		"--portal-url=http://" + s.portal, "--portal-bind-address=" + s.portal, "--portal-sign-in",
		"--reader-bind-address=" + s.readers,
		"--metrics-bind-address=" + cmp.Or(s.metrics, "0"), "--metrics-secure=false",
		"--health-probe-bind-address=" + s.health,
		"--zap-time-encoding=iso8601",
	}
}

func healthy(ctx context.Context, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", http.NoBody)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("/readyz answers %s", response.Status)
	}
	return nil
}
