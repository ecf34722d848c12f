package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/pkg/accounts"
	"github.com/account-operator/account-operator/test/cluster/process"
)

// instance is where a program of alice's runs: account-env, and what it started.
type instance struct {
	env   *process.Process
	has   *os.File // by which the program says which token it has; no file keeps it
	leash *os.File // while it is open the program goes on, and so ends with this one
	said  chan token
}

// token is one that the program had as it was started.
type token struct {
	value string
	at    time.Time
}

// worker says which token it has, and works until it is ended.
const worker = `printf "%s\n" "$HF_TOKEN" >"$DEMO/has"; exec cat "$DEMO/leash"`

// makeKey makes the key of the cloud's service that starts instances.
func makeKey(ctx context.Context, s *stage) error {
	return s.run(ctx, `manager keys service create launcher --rights=tokens,env,changes --all-accounts >"$DEMO/launcher.key"`, "is shown this once")
}

// startInstance does what the cloud's service does, by the Go client, and what the instance does.
func startInstance(ctx context.Context, s *stage) error {
	id, err := s.shell(ctx, "kubectl get account alice -o jsonpath='{.status.accountID}'")
	if err != nil {
		return err
	}
	service := &accounts.Client{URL: "http://" + s.readers, Token: func(context.Context) (accounts.Secret, error) {
		key, err := os.ReadFile(s.file("launcher.key"))
		return accounts.NewSecret(key), err
	}}
	text, expires, err := service.CreateToken(ctx, id, "env", "changes")
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.file("token"), text.Reveal(), 0o600); err != nil {
		return err
	}
	s.screen.result("the service made a token for account %s alone, valid until %s, and put it into the instance", id, expires.UTC().Format(time.TimeOnly))
	i := &instance{said: make(chan token, 100)}
	s.instance = i
	if i.has, err = pipe(s.file("has")); err != nil {
		return err
	}
	if i.leash, err = pipe(s.file("leash")); err != nil {
		return err
	}
	go i.listen()
	args := []string{"--url=http://" + s.readers, "--account=" + id, "--token-file=" + s.file("token"), "--watch", "--", "sh", "-c", worker}
	s.screen.command("account-env " + strings.Join(args[:len(args)-1], " ") + " '" + worker + "' &")
	command := process.Command{Path: "/usr/bin/env", Args: append([]string{"DEMO=" + s.path, filepath.Join(s.bin, "account-env")}, args...), Dir: s.path, Log: s.file("instance.log")}
	if i.env, err = s.group.Start(command); err != nil {
		return err
	}
	return s.hasToken(ctx, i.next(ctx))
}

// pipe makes a named one, of which this program holds both ends.
func pipe(path string) (*os.File, error) {
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		return nil, fmt.Errorf("making the pipe %s: %w", path, err)
	}
	return os.OpenFile(path, os.O_RDWR, 0)
}

func (i *instance) listen() {
	for lines := bufio.NewScanner(i.has); lines.Scan(); {
		i.said <- token{lines.Text(), time.Now()}
	}
}

// next is the token that the program is started with next.
func (i *instance) next(ctx context.Context) func() (token, error) {
	return func() (token, error) {
		select {
		case t := <-i.said:
			return t, nil
		case <-i.env.Done():
			return token{}, errors.New("account-env ended")
		case <-ctx.Done():
			return token{}, context.Cause(ctx)
		}
	}
}

// hasToken says that the program has the token of the Secret, which it shows by its length.
func (s *stage) hasToken(ctx context.Context, next func() (token, error)) error {
	t, err := next()
	if err != nil {
		return err
	}
	var secret corev1.Secret
	if err := s.admin.Get(ctx, client.ObjectKey{Namespace: "default", Name: "hugging-face"}, &secret); err != nil {
		return fmt.Errorf("reading the Secret: %w", err)
	}
	if string(secret.Data["token"]) != t.value {
		return errors.New("the process has another token than the Secret")
	}
	s.screen.result("the process has the HF_TOKEN of the Secret, %d characters", len(t.value))
	return nil
}

// close ends the instance.
func (i *instance) close() error {
	var errs []error
	if i.env != nil {
		errs = append(errs, i.env.Stop(stopLimit))
	}
	for _, file := range []*os.File{i.leash, i.has} {
		if file != nil {
			errs = append(errs, file.Close())
		}
	}
	return errors.Join(errs...)
}

// endInstance ends it, since what follows is not about it.
func endInstance(_ context.Context, s *stage) error {
	err := s.instance.close()
	s.instance = nil
	return err
}
