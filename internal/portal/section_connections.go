package portal

import (
	"context"

	"github.com/account-operator/account-operator/internal/store"
)

// connectionsSection leads to the page of the account's cloud connections.
func connectionsSection(h held) section {
	return section{
		id: "connections", title: "Cloud connections",
		show: func(ctx context.Context, in member) (any, error) {
			now, err := h.account(ctx, in)
			return now.Held[store.KindCloudConnection], err
		},
		steps: map[string]memberStep{
			"GET " + connectionsPath:                  h.listConnections,
			"POST " + connectionsPath:                 h.connect,
			"GET " + connectionsPath + "/new":         h.askForConnection,
			"GET " + connectionsPath + "/rename":      h.owned(askForName),
			"POST " + connectionsPath + "/rename":     h.rename,
			"GET " + connectionsPath + "/replace":     h.owned(h.askForCredentials),
			"POST " + connectionsPath + "/disconnect": h.disconnect,
		},
	}
}
