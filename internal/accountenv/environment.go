package accountenv

import (
	"bytes"
	"slices"
	"strings"

	"github.com/account-operator/account-operator/pkg/accounts"
)

// guarded are names by which a variable changes which code a command runs, guardedPrefixes how such names begin. docs/account-env.md lists them.
var (
	guarded = []string{
		"PATH", "IFS", "ENV", "BASH_ENV", "SHELLOPTS", "BASHOPTS", "PS4", "PROMPT_COMMAND", "GCONV_PATH", "GLIBC_TUNABLES", "LOCPATH",
		"PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "NODE_OPTIONS", "NODE_PATH", "PERL5LIB", "PERL5OPT", "PERL5DB", "PERLLIB", "RUBYOPT", "RUBYLIB",
		"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH", "LUA_INIT", "PHPRC", "PHP_INI_SCAN_DIR",
		"GIT_SSH", "GIT_SSH_COMMAND", "GIT_EXEC_PATH", tokenFileVariable,
	}
	guardedPrefixes = []string{"LD_", "DYLD_", "BASH_FUNC_"}
)

// admitted are the variables that the command gets, and why it does not get the others.
func (o *options) admitted(vars []accounts.Variable) (admitted []accounts.Variable, left []string) {
	for _, v := range vars {
		begins := func(prefix string) bool { return strings.HasPrefix(v.Name, prefix) }
		switch {
		case v.Name == "" || strings.ContainsAny(v.Name, "=\x00"):
			left = append(left, "one whose name no variable can have")
		case bytes.IndexByte(v.Value.Reveal(), 0) >= 0:
			left = append(left, v.Name+" (it holds a zero byte)")
		case (slices.Contains(guarded, v.Name) || slices.ContainsFunc(guardedPrefixes, begins)) && !slices.Contains(o.allowed, v.Name):
			left = append(left, v.Name+" (it can change which code runs; --allow-name="+v.Name+" takes it)")
		default:
			admitted = append(admitted, v)
		}
	}
	return admitted, left
}

// environment is our own with the variables, which win.
func environment(own []string, vars []accounts.Variable) []string {
	replaced := map[string]bool{tokenFileVariable: true}
	for _, v := range vars {
		replaced[v.Name] = true
	}
	all := slices.DeleteFunc(slices.Clone(own), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return replaced[name]
	})
	for _, v := range vars {
		all = append(all, v.Name+"="+string(v.Value.Reveal()))
	}
	return all
}

// differences are the names of the variables in which two states differ.
func differences(before, after []accounts.Variable) (names []string) {
	old := map[string][]byte{}
	for _, v := range before {
		old[v.Name] = v.Value.Reveal()
	}
	for _, v := range after {
		if value, was := old[v.Name]; !was || !bytes.Equal(value, v.Value.Reveal()) {
			names = append(names, v.Name)
		}
		delete(old, v.Name)
	}
	for name := range old {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
