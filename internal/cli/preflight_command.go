package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/cli-runtime/pkg/printers"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func preflightCommand(s *session) *cobra.Command {
	var o output
	var w waiting
	cmd := &cobra.Command{
		Use:   "preflight-delete NAME",
		Short: "Tell what deleting an account would wait for, and what it would do",
		Long: "Tell what deleting an account would wait for, and what it would do. What runs in it is status.dependents, for which the\n" +
			"store is looked at now, by the annotation account-operator.io/requested-at; nothing else is changed. With --wait=false, and\n" +
			"where you may not set it, that is as of the last look, and the answer says so. Ends with 3 where something is in the way.",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: s.completeAccount,
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.preflight(cmd.Context(), args[0], w, &o)
		},
	}
	w.addWaitFlags(cmd)
	o.addOutputFlag(cmd, "json", "yaml")
	return cmd
}

func (s *session) preflight(ctx context.Context, name string, w waiting, o *output) error {
	if err := s.connect(); err != nil {
		return err
	}
	looked, err := s.lookedAt(ctx, account(name), w)
	if err != nil {
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
	found := preflight(p, accounts.Items, looked)
	if o.forPeople() {
		found.write(s.Out)
	} else if err := o.value(s.Out, found); err != nil {
		return err
	}
	s.nameHidden(p)
	if len(found.Blockers) > 0 {
		return failuref(ExitNo, "the deletion of account/%s would wait", name)
	}
	return nil
}

// lookedAt requests a reconcile of an Account, and reports whether it was made. That no manager does so, or that the caller may not ask for
// it, is no error: what the Account says is still worth something.
func (s *session) lookedAt(ctx context.Context, t target, w waiting) (bool, error) {
	if !w.wait {
		return false, nil
	}
	asks := func(_ target, obj object) error {
		if obj.Common().Suspend || !obj.GetDeletionTimestamp().IsZero() {
			return errNotAsked
		}
		return askNow(t, obj)
	}
	obj, err := s.edit(ctx, t, asks)
	if err == nil {
		obj, err = await(ctx, s, w, t, t.empty, answered)
	}
	switch code := ExitCode(err); {
	case errors.Is(err, errNotAsked), code == ExitForbidden, code == ExitTimeout:
		return false, nil
	case err != nil:
		return false, s.ended(ctx, err, t)
	}
	ready := meta.FindStatusCondition(obj.CommonStatus().Conditions, v1alpha1.ConditionReady)
	return ready != nil && !unable(v1alpha1.Reason(ready.Reason)), nil
}

// errNotAsked is the outcome for an object that no manager would reconcile on request.
var errNotAsked = errors.New("not asked")

func (p Preflight) write(w io.Writer) {
	section(w, "It would wait for:", p.Blockers)
	section(w, "It would do this:", p.Effects)
	section(w, "Not known:", p.Unknown)
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
