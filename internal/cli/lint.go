package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/source/dotenv"
)

func lintCommand(s *session) *cobra.Command {
	var o output
	cmd := &cobra.Command{
		Use:   "lint FILE...",
		Short: "Check .env files as spec.dotenv of an EnvVarSet would be read",
		Long: "Check .env files as spec.dotenv of an EnvVarSet would be read. No cluster is asked. What is wrong is told by line and column,\n" +
			"never by what stands there; of each file the first thing. - is the standard input.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return s.lint(args, &o) },
	}
	o.addOutputFlag(cmd, "json", "yaml")
	return cmd
}

// linted is what there is to say of a file.
type linted struct {
	File      string `json:"file"`
	Variables int    `json:"variables"`
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"column,omitempty"`
	Problem   string `json:"problem,omitempty"`
}

func (l linted) String() string {
	switch {
	case l.Problem == "":
		return l.File + ": " + counted(l.Variables, "variable")
	case l.Line == 0:
		return l.Problem // it names the file
	default:
		return fmt.Sprintf("%s:%d:%d: %s", l.File, l.Line, l.Column, l.Problem)
	}
}

func (s *session) lint(files []string, o *output) error {
	all, wrong := []linted{}, 0
	for _, file := range files {
		text, err := s.read(file)
		if err != nil {
			return err
		}
		l := lintFile(file, text)
		if l.Problem != "" {
			wrong++
		}
		all = append(all, l)
	}
	if !o.forPeople() {
		if err := o.value(s.Out, map[string]any{"files": all}); err != nil {
			return err
		}
	} else {
		for _, l := range all {
			fmt.Fprintln(s.Out, l)
		}
	}
	if wrong > 0 {
		return failuref(ExitNo, "%d of %s cannot be used", wrong, counted(len(files), "file"))
	}
	return nil
}

func lintFile(file string, text []byte) linted {
	n, err := source.LintDotenv(file, text)
	l := linted{File: file, Variables: n}
	if malformed := (*dotenv.Error)(nil); errors.As(err, &malformed) {
		l.Line, l.Column, l.Problem = malformed.Line, malformed.Column, malformed.Problem
	} else if err != nil {
		l.Problem = err.Error()
	}
	return l
}

// read takes no more of a file than is needed to see that it is too long.
func (s *session) read(file string) ([]byte, error) {
	in := s.In
	if file != "-" {
		f, err := os.Open(file) //nolint:gosec // the caller's own file
		if err != nil {
			return nil, fmt.Errorf("reading a .env file: %w", err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, dotenv.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	return text, nil
}
