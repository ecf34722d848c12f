package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/printers"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func preflightCommand(s *session) *cobra.Command {
	var o output
	cmd := &cobra.Command{
		Use:   "preflight-delete NAME",
		Short: "Tell what deleting an account would wait for, and what it would do",
		Long: "Tell what deleting an account would wait for, and what it would do, as far as the objects of its namespace tell; nothing is\n" +
			"changed. What runs in an account only the store knows: the deletion itself asks it, and waits. Ends with 3 where something\n" +
			"is known to be in the way.",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: s.completeAccount,
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.preflight(cmd.Context(), args[0], &o)
		},
	}
	o.addOutputFlag(cmd, "json", "yaml")
	return cmd
}

func (s *session) preflight(ctx context.Context, name string, o *output) error {
	if err := s.connect(); err != nil {
		return err
	}
	p, err := s.look(ctx, name)
	if err != nil {
		return err
	}
	var accounts v1alpha1.AccountList
	if err := s.api.List(ctx, &accounts, client.InNamespace(s.namespace)); err != nil {
		return s.explain(ctx, err, "list", target{kind: accountKind})
	}
	found := preflight(p, accounts.Items)
	if o.forPeople() {
		found.write(s.Out)
	} else if err := o.value(s.Out, found); err != nil {
		return err
	}
	s.tellHidden(p)
	if len(found.Blockers) > 0 {
		return failuref(ExitNo, "the deletion of account/%s would wait", name)
	}
	return nil
}

func (p Preflight) write(w io.Writer) {
	section(w, "It would wait for:", p.Blockers)
	section(w, "It would do this:", p.Effects)
	section(w, "Only the store knows:", p.Unknown)
}

func section(w io.Writer, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintln(w, title)
	for _, line := range lines {
		fmt.Fprintln(w, "- "+printers.EscapeTerminal(line))
	}
}
