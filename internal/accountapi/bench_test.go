package accountapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/go-logr/logr"

	"github.com/account-operator/account-operator/internal/accountapi"
	"github.com/account-operator/account-operator/internal/store"
)

// BenchmarkShowEnvVars_TenNames is a read of ten variables' names by a key, on SQLite, without the network.
func BenchmarkShowEnvVars_TenNames(b *testing.B) {
	path := filepath.Join(b.TempDir(), "accounts.db")
	s := opened(b, "sqlite://"+path)
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	fenced, err := s.Lead(b.Context(), "cluster", "lease")
	must(err)
	a, err := fenced.PutAccount(b.Context(), claimOf(store.KindAccount, "alice"), store.AccountSpec{Email: "alice@example.com"}, store.Mark{})
	must(err)
	settled(b, path)
	var ten []store.NamedValue
	for n := range 10 {
		ten = append(ten, store.NamedValue{Name: fmt.Sprintf("V%d", n), Value: store.NewSecret([]byte("value"))})
	}
	_, err = s.Holder(a.ID).PutEnvVars(b.Context(), ten)
	must(err)
	_, key, err := s.Holder(a.ID).CreateKey(b.Context(), "", store.APIKey{AllRights: true})
	must(err)
	handler := accountapi.New(accountapi.Options{Store: s, Rate: 1_000_000, Log: logr.Discard()})
	for b.Loop() {
		request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/api/v0/secrets/", nil)
		request.Header.Set("Authorization", "Bearer "+string(key.Reveal()))
		response := httptest.NewRecorder()
		if handler.ServeHTTP(response, request); response.Code != http.StatusOK {
			b.Fatal(response.Body)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}
