package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// button is a command that creates an AccountAction.
type button struct {
	use    string
	action v1alpha1.ActionType
	short  string
}

var buttons = []button{
	{"resend-verification", v1alpha1.ActionResendVerificationEmail, "Mail the account holder a new link that confirms the address"},
	{"reset-password", v1alpha1.ActionSendPasswordReset, "Mail the account holder a link to choose a password"},
	{"confirm-address", v1alpha1.ActionConfirmAddress, "Confirm the address of an account whose holder proved it in another way than by mail"},
	{"reset-2fa", v1alpha1.ActionResetTwoFactor, "Remove every second factor of an account and mail its holder a notice"},
}

// press is one button pressed.
type press struct {
	button
	account string
	email   string        // that is confirmed
	keep    time.Duration // how long the action stays when it is over
	waiting
	output
}

func actionCommand(s *session, b button) *cobra.Command {
	p := press{button: b}
	arguments, besides := []string{"NAME"}, ""
	if b.action == v1alpha1.ActionConfirmAddress {
		arguments, besides = append(arguments, "EMAIL"), "\nIt takes the right to confirm the Account besides, which the ClusterRole account-operator-confirm-address has."
	}
	cmd := &cobra.Command{
		Use:   b.use + " " + strings.Join(arguments, " "),
		Short: b.short,
		Long: b.short + ".\n\nThis creates an AccountAction and waits until it is over. It takes the rights to get accounts and to create and get\n" +
			"accountactions, as the ClusterRole account-operator-help-desk has them." + besides,
		Args:              cobra.ExactArgs(len(arguments)),
		ValidArgsFunction: s.completeAccount,
		RunE: func(cmd *cobra.Command, args []string) error {
			p.account, p.email = args[0], strings.Join(args[1:], "")
			return s.press(cmd.Context(), p)
		},
	}
	p.addWaitFlags(cmd)
	p.addOutputFlag(cmd, "json", "yaml")
	cmd.Flags().DurationVar(&p.keep, "keep", time.Hour, "how long the AccountAction stays when it is over; at least a minute, so that its end can be seen")
	return cmd
}

func (s *session) press(ctx context.Context, p press) error {
	if p.keep < time.Minute {
		return usagef("--keep %s is too short; write at least 1m", p.keep)
	}
	if err := s.connect(); err != nil {
		return err
	}
	// An action of an Account that does not exist waits until there is one, which is nothing that a person wants.
	if _, err := s.get(ctx, account(p.account)); err != nil {
		return err
	}
	x, err := s.act(ctx, p)
	if err != nil {
		return err
	}
	outcome := error(nil)
	if p.wait {
		x, outcome = s.outcome(ctx, p, x)
	}
	if outcome != nil && p.forPeople() {
		return outcome // it says so
	}
	return errors.Join(s.reportAction(p, x), outcome)
}

// act creates the action.
func (s *session) act(ctx context.Context, p press) (*v1alpha1.AccountAction, error) {
	seconds := int32(min(p.keep.Seconds(), 1<<30)) //nolint:gosec // bounded by min
	x := &v1alpha1.AccountAction{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, GenerateName: p.use + "-"},
		Spec: v1alpha1.AccountActionSpec{
			AccountRef: v1alpha1.AccountReference{Name: p.account}, Type: p.action, Email: p.email, TTLSecondsAfterFinished: &seconds,
		},
	}
	return x, s.explain(ctx, s.api.Create(ctx, x), "create", target{kind: actionKind})
}

// outcome waits for the end. A refusal is an error.
func (s *session) outcome(ctx context.Context, p press, x *v1alpha1.AccountAction) (*v1alpha1.AccountAction, error) {
	t := target{actionKind, x.Name}
	empty := func() *v1alpha1.AccountAction { return &v1alpha1.AccountAction{} }
	got, err := await(ctx, s, p.waiting, t, empty, func(x *v1alpha1.AccountAction) (string, error) {
		switch {
		case meta.IsStatusConditionTrue(x.Status.Conditions, v1alpha1.ConditionFailed):
			return "", failuref(ExitNo, "%s failed: %s", t, readiness(x.Status.Conditions))
		case x.Status.CompletionTime == nil:
			return readiness(x.Status.Conditions), nil
		default:
			return "", nil
		}
	})
	if got.Name != "" {
		x = got
	}
	switch {
	case apierrors.IsNotFound(err):
		return x, fmt.Errorf("%s was deleted by somebody before its end was seen", t)
	case hopeless(err):
		return x, s.explain(ctx, err, "get", t)
	case ExitCode(err) == ExitTimeout:
		return x, failuref(ExitTimeout, "%v\nit is performed as soon as it can be; to take it back: kubectl -n %s delete accountaction %s", err, s.namespace, x.Name)
	default:
		return x, err
	}
}

func (s *session) reportAction(p press, x *v1alpha1.AccountAction) error {
	switch {
	case !p.forPeople():
		return p.objects(s.Out, x)
	case !p.wait:
		_, err := fmt.Fprintf(s.Out, "accountaction/%s created\n", x.Name)
		return err
	default:
		_, err := fmt.Fprintf(s.Out, "accountaction/%s %s\n", x.Name, readiness(x.Status.Conditions))
		return err
	}
}
