package cli

import (
	"strings"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"

	"github.com/account-operator/account-operator/internal/kinds"
)

// kubectl asks the program kubectl_complete-account for completions; that is this one under another name.

const noFiles = cobra.ShellCompDirectiveNoFileComp

// completeFlags completes those flags of kubectl whose values can be looked up.
func (s *session) completeFlags(cmd *cobra.Command) {
	_ = cmd.RegisterFlagCompletionFunc("namespace", func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		var list corev1.NamespaceList
		if s.connect() != nil || s.api.List(cmd.Context(), &list) != nil {
			return nil, noFiles
		}
		names := make([]string, len(list.Items))
		for i := range list.Items {
			names[i] = list.Items[i].Name
		}
		return names, noFiles
	})
	_ = cmd.RegisterFlagCompletionFunc("context", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		config, err := s.flags.ToRawKubeConfigLoader().RawConfig()
		if err != nil {
			return nil, noFiles
		}
		var names []string
		for name := range config.Contexts {
			names = append(names, name)
		}
		return names, noFiles
	})
}

// completeAccount completes the one name of an Account.
func (s *session) completeAccount(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 || s.connect() != nil {
		return nil, noFiles
	}
	names, _ := s.names(cmd.Context(), accountKind)
	return names, noFiles
}

// completeTarget completes kind/name: first the kind, then the name.
func (s *session) completeTarget(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	word, _, slash := strings.Cut(typed, "/")
	if !slash {
		var words []string
		for _, k := range kinds.Claiming() {
			words = append(words, k.Singular()+"/")
		}
		return words, noFiles | cobra.ShellCompDirectiveNoSpace
	}
	t, err := parseTarget(word + "/x")
	if err != nil || s.connect() != nil {
		return nil, noFiles
	}
	names, _ := s.names(cmd.Context(), t.kind)
	for i := range names {
		names[i] = word + "/" + names[i]
	}
	return names, noFiles
}
