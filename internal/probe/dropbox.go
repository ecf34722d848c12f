package probe

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"golang.org/x/oauth2"

	"github.com/account-operator/account-operator/internal/store"
)

// checkDropbox gets an access token for the refresh token and asks whose account it opens.
func checkDropbox(ctx context.Context, client *http.Client, host string, credentials map[string]store.Secret) Verdict {
	app := oauth2.Config{
		ClientID:     string(credentials["appKey"].Reveal()),
		ClientSecret: string(credentials["appSecret"].Reveal()),
		Endpoint:     oauth2.Endpoint{TokenURL: "https://" + host + "/oauth2/token", AuthStyle: oauth2.AuthStyleInHeader},
	}
	refresh := &oauth2.Token{RefreshToken: string(credentials["refreshToken"].Reveal())}
	token, err := app.TokenSource(context.WithValue(ctx, oauth2.HTTPClient, client), refresh).Token()
	if err != nil {
		return judgeRefresh(err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+host+"/2/users/get_current_account", nil)
	if err != nil {
		return unfamiliar
	}
	token.SetAuthHeader(request)
	answer, err := client.Do(request)
	if err != nil {
		return failed(err)
	}
	defer func() { _ = answer.Body.Close() }()
	return judgeAccount(answer)
}

func judgeRefresh(err error) Verdict {
	var refused *oauth2.RetrieveError
	var unsent *url.Error
	switch {
	case errors.As(err, &refused):
		return judgeOAuth(refused.Response.StatusCode, refused.ErrorCode)
	case errors.As(err, &unsent):
		return failed(err)
	default:
		return unfamiliar
	}
}

// judgeOAuth takes any error that OAuth knows for the credentials': Dropbox puts more than the code into it.
func judgeOAuth(status int, code string) Verdict {
	if code != "" && (status == http.StatusBadRequest || status == http.StatusUnauthorized) {
		return rejected
	}
	return judgeStatus(status)
}

// dropboxAnswer is what an account or an error has that a verdict depends on.
type dropboxAnswer struct {
	AccountID string `json:"account_id"`
	Error     struct {
		Tag string `json:".tag"`
	} `json:"error"`
}

func judgeAccount(answer *http.Response) Verdict {
	var said dropboxAnswer
	if err := json.NewDecoder(bounded(answer)).Decode(&said); err != nil {
		return judgeStatus(answer.StatusCode)
	}
	switch {
	case answer.StatusCode == http.StatusOK && said.AccountID != "":
		return accepted
	case answer.StatusCode == http.StatusUnauthorized && said.Error.Tag == "missing_scope":
		return noScope
	case answer.StatusCode == http.StatusUnauthorized && said.Error.Tag != "":
		return rejected
	default:
		return judgeStatus(answer.StatusCode)
	}
}
