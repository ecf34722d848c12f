package accountenv

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/account-operator/account-operator/pkg/accounts"
)

// run starts the command, and stays beside it where it watches.
func (o *options) run() (code int, err error) {
	token := &token{path: o.tokenFile}
	client, err := o.client(token)
	if err != nil {
		return 0, err
	}
	path, err := found(o.command[0])
	if err != nil {
		return 0, err
	}
	s := &supervisor{options: o, path: path, group: !onTerminal(), signals: make(chan os.Signal, 16), changes: make(chan []accounts.Variable)}
	signal.Notify(s.signals, passed...)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	f := &follower{client: client, token: token, account: o.account, watch: o.watch}
	vars, ended, err := s.first(ctx, f)
	if err != nil || ended != 0 {
		return ended, err
	}
	s.take(vars)
	if !o.watch {
		// The command takes our place: signals and exit status are its own.
		return 0, notStarted(syscall.Exec(path, o.command, environment(os.Environ(), s.vars)))
	}
	go f.follow(ctx, func(vars []accounts.Variable) {
		select {
		case s.changes <- vars:
		case <-ctx.Done():
		}
	})
	return s.run()
}

// supervisor keeps the command running with the variables as they are.
type supervisor struct {
	*options
	path    string
	group   bool
	signals chan os.Signal
	changes chan []accounts.Variable

	vars   []accounts.Variable
	left   []string
	ending bool // the command was asked to end, and is not started again
}

// first waits for the variables; a signal ends that.
func (s *supervisor) first(ctx context.Context, f *follower) (vars []accounts.Variable, code int, err error) {
	type answer struct {
		vars []accounts.Variable
		err  error
	}
	read := make(chan answer, 1)
	go func() {
		vars, err := f.first(ctx, s.startTimeout)
		read <- answer{vars, err}
	}()
	for {
		select {
		case a := <-read:
			return a.vars, 0, a.err
		case got := <-s.signals:
			if number := got.(syscall.Signal); ends(number) || number == syscall.SIGHUP {
				return nil, exitSignal + int(number), nil
			}
		}
	}
}

func ends(s os.Signal) bool {
	return s == syscall.SIGTERM || s == syscall.SIGINT || s == syscall.SIGQUIT
}

// take keeps the variables that the command may have, and returns the names of those that changed.
func (s *supervisor) take(vars []accounts.Variable) []string {
	admitted, left := s.admitted(vars)
	if len(left) > 0 && !slices.Equal(left, s.left) {
		say("left out: %s", strings.Join(left, ", "))
	}
	names := differences(s.vars, admitted)
	s.vars, s.left = admitted, left
	return names
}

func (s *supervisor) run() (int, error) {
	if s.envFile != "" {
		defer func() { _ = os.Remove(s.envFile) }()
		if err := writeFile(s.envFile, s.vars); err != nil {
			return 0, err
		}
	}
	for {
		p, err := start(s.path, s.command, environment(os.Environ(), s.vars), s.group)
		if err != nil {
			return 0, err
		}
		if s.stay(p) || s.ending {
			return p.code(), nil
		}
		p.kill() // what the command left in its group has the old values
	}
}

// stay is beside the command until it ends, and reports whether it did so by itself.
func (s *supervisor) stay(p *process) bool {
	restarting, tooLong := false, (<-chan time.Time)(nil)
	for {
		select {
		case <-p.ended:
			return !restarting
		case got := <-s.signals:
			s.ending = s.ending || ends(got)
			p.pass(got)
		case vars := <-s.changes:
			if s.changed(vars) && !restarting && s.handOver(p) {
				restarting, tooLong = true, time.After(s.grace)
			}
		case <-tooLong:
			say("the command did not end within --grace (%s), and is killed", s.grace)
			p.kill()
		}
	}
}

// handOver asks the command to take the new values, and reports whether it has to end for that.
func (s *supervisor) handOver(p *process) bool {
	if s.ending {
		return false
	}
	if notice, is := notices[s.onChange]; is {
		p.signal(notice)
		return false
	}
	p.signal(syscall.SIGTERM)
	return true
}

// changed takes the variables and reports whether the command should have them. One that cannot goes on with the old ones.
func (s *supervisor) changed(vars []accounts.Variable) bool {
	before := s.vars
	names := s.take(vars)
	if len(names) == 0 {
		return false
	}
	list := strings.Join(names, ", ")
	if s.envFile != "" {
		if err := writeFile(s.envFile, s.vars); err != nil {
			s.vars = before
			say("the command goes on with the old values of %s: %v", list, err)
			return false
		}
	}
	say("changed: %s (--on-change=%s)", list, s.onChange)
	return true
}
