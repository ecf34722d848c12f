package accounts_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/network"
	"github.com/account-operator/account-operator/test/postgres"
)

var server *postgres.Server

// TestMain makes the store of the examples, which are read by whoever knows its address and has its keyset.
func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "accounts-")
	if err != nil {
		panic(err)
	}
	database, keyset := "sqlite://"+filepath.Join(folder, "accounts.db"), filepath.Join(folder, "keyset.json")
	if err := exampleStore(database, keyset); err != nil {
		panic(err)
	}
	_ = os.Setenv("ACCOUNT_OPERATOR_STORE", database)
	_ = os.Setenv("ACCOUNT_OPERATOR_SEAL_KEYSET_FILE", keyset)
	code := postgres.Main(m.Run, postgres.Options{}, func(s *postgres.Server) { server = s }, network.Left()...)
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

func exampleStore(database, file string) error {
	keyset, err := seal.NewKeyset()
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, keyset, 0o600); err != nil {
		return err
	}
	sealer, err := seal.Load(keyset)
	if err != nil {
		return err
	}
	ctx := context.Background()
	s, err := sqlstore.Open(ctx, database, sqlstore.Options{Sealer: sealer, MigrateOnOpen: true})
	if err != nil {
		return err
	}
	fenced, err := s.Lead(ctx, "cluster", "lease")
	if err != nil {
		return err
	}
	if err := fill(ctx, fenced); err != nil {
		return err
	}
	return s.Close()
}

const publicKey = "AAAAC3NzaC1lZDI1NTE5AAAAIF93RuzTOUo7chJZhT+8D6LcE/Q6qKTn6gM7gT57xptb"

// fill makes an account, whose ID is 1 in a store that is empty, with two variables, a connection and a public key.
func fill(ctx context.Context, fenced store.FencedStore) error {
	mark := store.Mark{Generation: 1, Record: "r"}
	alice := claim(store.KindAccount, "alice")
	if _, err := fenced.PutAccount(ctx, alice, store.AccountSpec{Email: "alice@example.com"}, mark); err != nil {
		return err
	}
	if err := set(ctx, fenced, map[string]string{"HF_TOKEN": "hf_canary", "WANDB_MODE": "offline"}); err != nil {
		return err
	}
	_, err := fenced.Connections().Put(ctx, claim(store.KindCloudConnection, "data"), alice, store.Connection{
		DisplayName: "Training data", Type: "AmazonS3", Bucket: "training", Region: "eu-central-1",
		Credentials: map[string]store.Secret{
			"accessKeyID": store.NewSecret([]byte("AKIA0123")), "secretAccessKey": store.NewSecret([]byte("canary-key")),
		},
	}, mark)
	if err != nil {
		return err
	}
	_, err = fenced.SSHKeys().Put(ctx, claim(store.KindSSHKey, "laptop"), alice, store.SSHKey{Type: "ssh-ed25519", Key: publicKey, Comment: "alice@laptop"}, mark)
	return err
}

func set(ctx context.Context, fenced store.FencedStore, values map[string]string) error {
	return fenced.SyncEnvVars(ctx, claim(store.KindAccount, "alice"), claim(store.KindEnvVarSet, "env"), func([]store.EnvVar) (p store.EnvVarPlan) {
		for name, value := range values {
			p.Changes = append(p.Changes, store.EnvVarChange{Op: store.EnvVarSet, Name: name, Value: store.NewSecret([]byte(value))})
		}
		return p
	})
}

func claim(kind store.Kind, name string) store.Claim {
	return store.Claim{Cluster: "cluster", Kind: kind, Namespace: "team", NamespaceUID: "n", Name: name, UID: name}
}
