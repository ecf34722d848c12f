package cli

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/util/duration"
	"k8s.io/cli-runtime/pkg/printers"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func envCommand(s *session) *cobra.Command {
	cmd := &cobra.Command{Use: "env", Short: "List an account's variables, and work with .env files"}
	cmd.AddCommand(listEnvCommand(s), lintCommand(s))
	return cmd
}

func listEnvCommand(s *session) *cobra.Command {
	var o output
	cmd := &cobra.Command{
		Use:   "ls NAME",
		Short: "List an account's variables, the set that holds each, and the versions it was read from",
		Long: "List the variables of an account by name, as the status of its sets has them: the set that holds each, and which versions of Secrets and\n" +
			"ConfigMaps that set was last read from. Values are not shown: they are in no object that this reads.",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: s.completeAccount,
		RunE:              func(cmd *cobra.Command, args []string) error { return s.listEnv(cmd.Context(), args[0], &o) },
	}
	o.addOutputFlag(cmd, "json", "yaml")
	return cmd
}

func (s *session) listEnv(ctx context.Context, name string, o *output) error {
	if err := s.connect(); err != nil {
		return err
	}
	p, err := s.look(ctx, name)
	if err != nil {
		return err
	}
	held := p.variables()
	if o.forPeople() {
		err = writeVariables(s.Out, held, time.Now())
	} else {
		err = o.value(s.Out, held)
	}
	if n := p.account.Status.EnvVarCount; n != nil && int(*n) > len(held) {
		fmt.Fprintf(s.ErrOut, "%d more are in the account, which no set of this cluster holds\n", int(*n)-len(held))
	}
	s.nameHidden(p)
	return err
}

// variable is one that a set holds.
type variable struct {
	Name    string                   `json:"name"`
	Set     string                   `json:"set"`
	Sources []v1alpha1.SourceVersion `json:"sources,omitempty"`
	set     *v1alpha1.EnvVarSet
}

// variables are those of all sets, by name. It is pure.
func (p *picture) variables() []variable {
	all := []variable{}
	for _, b := range p.belongings {
		if set, is := b.(*v1alpha1.EnvVarSet); is {
			for _, name := range set.Status.Names {
				all = append(all, variable{Name: name, Set: set.Name, Sources: set.Status.Sources, set: set})
			}
		}
	}
	slices.SortFunc(all, func(a, b variable) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Set, b.Set)) })
	return all
}

func writeVariables(w io.Writer, all []variable, now time.Time) error {
	var table bytes.Buffer
	columns := tabwriter.NewWriter(&table, 0, 0, 3, ' ', 0)
	_, _ = io.WriteString(columns, "NAME\tSET\tREADY\tSYNCED\tREAD FROM\n")
	for _, v := range all {
		synced := "-"
		if at := v.set.Status.LastSyncTime; at != nil {
			synced = duration.HumanDuration(now.Sub(at.Time))
		}
		ready, _ := readyAndWhy(v.set.Status.Conditions)
		cells := []string{v.Name, v.Set, ready, synced, sources(v.Sources)}
		for i := range cells {
			cells[i] = printers.EscapeTerminal(cells[i])
		}
		_, _ = io.WriteString(columns, strings.Join(cells, "\t")+"\n") // the tabwriter keeps an error for Flush
	}
	if err := columns.Flush(); err != nil {
		return err
	}
	_, err := w.Write(table.Bytes())
	return err
}

func sources(of []v1alpha1.SourceVersion) string {
	parts := make([]string, len(of))
	for i, s := range of {
		parts[i] = string(s.Kind) + "/" + s.Name + "@" + cmp.Or(s.ResourceVersion, "absent")
	}
	return cmp.Or(strings.Join(parts, " "), "-")
}
