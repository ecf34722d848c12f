package standin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
)

// Dropbox is what the stand-in for Dropbox knows: one app, one refresh token, and whether the app has the scope
// account_info.read.
type Dropbox struct {
	AppKey, AppSecret, RefreshToken string
	WithoutScope                    bool
}

const accessToken = "sl.stand-in"

// Start serves the two calls that a verification makes, as Dropbox's HTTP documentation describes them. It is no Dropbox.
func (d Dropbox) Start() *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth2/token", d.token)
	mux.HandleFunc("POST /2/users/get_current_account", d.account)
	return httptest.NewTLSServer(mux)
}

func (d Dropbox) token(w http.ResponseWriter, r *http.Request) {
	key, secret, _ := r.BasicAuth()
	switch {
	case key != d.AppKey || secret != d.AppSecret:
		answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_client: Invalid client_id or client_secret"})
	case r.PostFormValue("grant_type") != "refresh_token":
		answer(w, http.StatusBadRequest, map[string]any{"error": "unsupported_grant_type"})
	case r.PostFormValue("refresh_token") != d.RefreshToken:
		answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant", "error_description": "refresh token is invalid or revoked"})
	default:
		answer(w, http.StatusOK, map[string]any{"access_token": accessToken, "token_type": "bearer", "expires_in": 14400})
	}
}

// account takes no arguments, and Dropbox refuses a Content-Type that says there are some.
func (d Dropbox) account(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Header.Get("Content-Type") != "":
		http.Error(w, "Error in call to API function", http.StatusBadRequest)
	case strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ") != accessToken:
		refuse(w, "invalid_access_token")
	case d.WithoutScope:
		refuse(w, "missing_scope")
	default:
		answer(w, http.StatusOK, map[string]any{"account_id": "dbid:stand-in", "email": "alice@example.com"})
	}
}

func refuse(w http.ResponseWriter, tag string) {
	answer(w, http.StatusUnauthorized, map[string]any{"error_summary": tag + "/..", "error": map[string]any{".tag": tag}})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
