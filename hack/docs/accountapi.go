package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/account-operator/account-operator/internal/accountapi"
)

// routeTables are the routes of the account API, by section.
func routeTables(string) (string, error) {
	var text strings.Builder
	section := ""
	for _, r := range accountapi.Routes() {
		if r.Section != section {
			section = r.Section
			fmt.Fprintf(&text, "\n### %s\n| | `vastai` | right | what it does |\n| --- | --- | --- | --- |\n", section)
		}
		command, right := r.Command, cmp.Or(string(r.Right), "any key")
		if command != "" {
			command = "`" + command + "`"
		}
		if r.Right != "" {
			right = "`" + right + "`"
		}
		what := r.Does
		if r.Cannot != "" {
			what = "**cannot:** " + r.Cannot
		}
		fmt.Fprintf(&text, "| `%s %s` | %s | %s | %s |\n", r.Method, r.Path, command, right, what)
	}
	return strings.TrimPrefix(text.String(), "\n"), nil
}
