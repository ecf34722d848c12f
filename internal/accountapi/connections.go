package accountapi

import (
	"net/http"

	"github.com/account-operator/account-operator/internal/store"
)

func (s *service) connectionRoutes() []route {
	return []route{
		{
			method: http.MethodGet, path: "/api/v0/users/cloud_integrations", right: store.KeyUserRead, use: reads, command: "show connections",
			does: "the connections, without credentials", answer: s.listConnections,
		},
		{
			method: http.MethodPost, path: "/api/v0/commands/rclone", right: store.KeyInstanceWrite, use: writes, command: "cloud copy",
			cannot: "Copies between instances and clouds are made by the service that runs instances, not by the account store.",
		},
		{
			method: http.MethodDelete, path: "/api/v0/commands/rclone", right: store.KeyInstanceWrite, use: writes, command: "cancel copy",
			cannot: "Copies between instances and clouds are made by the service that runs instances, not by the account store.",
		},
	}
}

// cloudTypes are what the client calls the providers.
var cloudTypes = map[string]string{"AmazonS3": "s3", "Backblaze": "b2", "Dropbox": "dropbox"}

func (s *service) listConnections(q *request) (any, error) {
	all, err := q.holder.Connections(q.Context())
	if err != nil {
		return nil, err
	}
	shown := make([]map[string]any, len(all))
	for n, c := range all {
		shown[n] = map[string]any{"id": numberOf(c.ID), "name": c.DisplayName, "cloud_type": cloudTypes[c.Type]}
	}
	return shown, nil
}
