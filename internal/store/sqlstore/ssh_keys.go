package sqlstore

import "github.com/account-operator/account-operator/internal/store"

var sshKeys = newRows(kind{
	name: store.KindSSHKey, table: "ssh_keys", noun: "SSH key",
}, rows[store.SSHKey]{
	op: "SSHKey", ids: "key-",
	id: func(k *store.SSHKey) *string { return &k.ID },
	texts: []text[store.SSHKey]{
		{column: "type", of: func(k *store.SSHKey) *string { return &k.Type }},
		{column: "key", of: func(k *store.SSHKey) *string { return &k.Key }},
		{column: "comment", of: func(k *store.SSHKey) *string { return &k.Comment }},
	},
})
