package accountenv

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/account-operator/account-operator/pkg/accounts"
)

// How long a request for values may take, how long one waits for a change, and the pauses between two attempts.
const (
	readWithin = 15 * time.Second
	changeWait = 30 * time.Second
	firstPause = 250 * time.Millisecond
	mostPause  = 30 * time.Second
	tokenPause = time.Second // a file is looked at, and nobody is asked
)

// follower reads the variables of an account and, where it watches, waits for changes.
type follower struct {
	client  *accounts.Client
	token   *token
	account string
	watch   bool

	cursor  string
	behind  bool // it changed since it was read
	trouble string
	pause   time.Duration
}

// first reads the variables, and waits a while for an API that is away.
func (f *follower) first(ctx context.Context, within time.Duration) ([]accounts.Variable, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	for last := error(nil); ; {
		vars, err := f.read(ctx)
		if err == nil {
			return vars, nil
		}
		if last == nil || ctx.Err() == nil { // what was cut off says less
			last = err
		}
		if final(err) {
			return nil, err
		}
		f.report(err, "waiting for it")
		if !f.rest(ctx, err) {
			return nil, fmt.Errorf("the command was not started: no variables within --start-timeout (%s): %w", within, last)
		}
	}
}

// follow hands on the variables whenever the account changed. Whatever fails is tried again.
func (f *follower) follow(ctx context.Context, changed func([]accounts.Variable)) {
	for ctx.Err() == nil {
		vars, err := f.next(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			f.report(err, "the command goes on with the values that it has")
			f.rest(ctx, err)
		default:
			f.recovered()
			if vars != nil {
				changed(vars)
			}
		}
	}
}

// next waits for a change. Without one it returns nil.
func (f *follower) next(ctx context.Context) ([]accounts.Variable, error) {
	if f.cursor != "" && !f.behind {
		waiting, cancel := context.WithTimeout(ctx, changeWait+readWithin)
		defer cancel()
		ids, cursor, err := f.client.Changes(waiting, f.cursor, changeWait)
		switch {
		case errors.Is(err, accounts.ErrCursorGone):
			f.cursor = ""
		case err != nil:
			return nil, f.known(err)
		default:
			if f.cursor = cursor; !slices.Contains(ids, f.account) {
				return nil, nil
			}
		}
		f.behind = true
	}
	vars, err := f.read(ctx)
	f.behind = err != nil
	return vars, err
}

// read takes the cursor first, so that no change falls between both.
func (f *follower) read(ctx context.Context) (vars []accounts.Variable, err error) {
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	if f.watch && f.cursor == "" {
		if _, f.cursor, err = f.client.Changes(ctx, "", 0); err != nil {
			return nil, f.known(err)
		}
	}
	vars, err = f.client.Env(ctx, f.account)
	return vars, f.known(err)
}

// known puts refusals into words for who started this.
func (f *follower) known(err error) error {
	problem := (*accounts.ProblemError)(nil)
	if !errors.As(err, &problem) {
		return err
	}
	switch problem.Status {
	case http.StatusUnauthorized:
		return f.token.refused()
	case http.StatusForbidden:
		return fmt.Errorf("the token lacks a right: reading takes env, --watch takes changes, and only its own account: %w", err)
	case http.StatusNotFound:
		return fmt.Errorf("there is no account %q; --account takes status.accountID, and --url the address without a path: %w", f.account, err)
	}
	return err
}

// final says that it does no good to ask again.
func final(err error) bool {
	problem, refused := (*accounts.ProblemError)(nil), (*tokenError)(nil)
	if errors.As(err, &problem) {
		return problem.Status < http.StatusInternalServerError && problem.Status != http.StatusTooManyRequests && problem.Status != http.StatusGone
	}
	return errors.As(err, &refused)
}

// rest pauses, longer from time to time and never as long as others do. It reports whether ctx goes on.
func (f *follower) rest(ctx context.Context, err error) bool {
	f.pause = min(max(2*f.pause, firstPause), mostPause)
	pause := f.pause/2 + rand.N(f.pause/2)
	problem, refused := (*accounts.ProblemError)(nil), (*tokenError)(nil)
	switch {
	case errors.As(err, &refused):
		pause = tokenPause
	case errors.As(err, &problem):
		pause += min(problem.RetryAfter, mostPause)
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// report says each trouble once.
func (f *follower) report(err error, so string) {
	kind := "away"
	problem, refused := (*accounts.ProblemError)(nil), (*tokenError)(nil)
	switch {
	case errors.As(err, &refused):
		kind = refused.text
	case errors.As(err, &problem):
		kind = strconv.Itoa(problem.Status)
	}
	if f.trouble != kind {
		f.trouble = kind
		say("the variables cannot be read, %s: %v", so, err)
	}
}

func (f *follower) recovered() {
	f.pause = 0
	if f.trouble != "" {
		f.trouble = ""
		say("the variables can be read again")
	}
}
