package portal

import (
	"context"

	"github.com/account-operator/account-operator/internal/store"
)

// variablesSection leads to the page of the account's variables.
func variablesSection(h held) section {
	return section{
		id: "variables", title: "Environment variables",
		show: func(ctx context.Context, in member) (any, error) {
			now, err := h.account(ctx, in)
			return now.Held[store.KindEnvVarSet], err
		},
		steps: map[string]memberStep{
			"GET " + variablesPath:              h.listVariables,
			"POST " + variablesPath:             h.putVariable,
			"GET " + variablesPath + "/edit":    h.editVariable,
			"POST " + variablesPath + "/delete": h.deleteVariable,
			"POST " + pastePath:                 h.pasteVariables,
		},
	}
}
