package sqlstore

import "github.com/account-operator/account-operator/internal/store"

var connections = newRows(kind{
	name: store.KindCloudConnection, table: "connections", noun: "connection", secret: "credentials",
}, rows[store.Connection]{
	op: "Connection", ids: "conn-",
	id: func(c *store.Connection) *string { return &c.ID },
	texts: []text[store.Connection]{
		{column: "display_name", of: func(c *store.Connection) *string { return &c.DisplayName }},
		{column: "type", of: func(c *store.Connection) *string { return &c.Type }},
		{column: "bucket", of: func(c *store.Connection) *string { return &c.Bucket }},
		{column: "region", of: func(c *store.Connection) *string { return &c.Region }},
		{column: "endpoint", of: func(c *store.Connection) *string { return &c.Endpoint }},
	},
	secrets: func(c *store.Connection) (*map[string]store.Secret, *bool) { return &c.Credentials, &c.Unreadable },
})
