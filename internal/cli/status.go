package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/printers"
)

func statusCommand(s *session) *cobra.Command {
	var o output
	cmd := &cobra.Command{
		Use:   "status NAME",
		Short: "Show an account, all that belongs to it, and what is in the way",
		Long: "Show an account with its sets of variables, its connections and its actions as a tree, and under each what is in its way.\n" +
			"What you may not list is left out and named. -o json and -o yaml give the objects themselves, as a List.",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: s.completeAccount,
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.status(cmd.Context(), args[0], &o)
		},
	}
	o.addOutputFlag(cmd, "wide", "json", "yaml")
	return cmd
}

func (s *session) status(ctx context.Context, name string, o *output) error {
	if err := s.connect(); err != nil {
		return err
	}
	p, err := s.look(ctx, name)
	if err != nil {
		return err
	}
	if o.forPeople() {
		err = tree{wide: o.format == "wide", color: printers.AllowsColorOutput(s.Out)}.write(s.Out, p.rows(time.Now()))
	} else {
		err = o.objects(s.Out, p.objects()...)
	}
	s.nameHidden(p)
	return err
}

// nameHidden says what is missing from the picture.
func (s *session) nameHidden(p *picture) {
	names := make([]string, len(p.hidden))
	for i, k := range p.hidden {
		names[i] = k.Resource()
	}
	if len(names) > 0 {
		fmt.Fprintf(s.ErrOut, "not shown, since you may not list them: %s\n", strings.Join(names, ", "))
	}
}
