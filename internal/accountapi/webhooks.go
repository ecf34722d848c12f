package accountapi

import (
	"net/http"

	"github.com/account-operator/account-operator/internal/store"
)

func (s *service) webhookRoutes() (all []route) {
	const path, why = "/api/v0/webhooks", "Notifications go out by mail only."
	for _, of := range []route{
		{method: http.MethodGet, path: path, right: store.KeyUserRead, use: reads},
		{method: http.MethodPost, path: path, right: store.KeyUserWrite, use: writes},
		{method: http.MethodPut, path: path + "/{id}", right: store.KeyUserWrite, use: writes},
		{method: http.MethodDelete, path: path + "/{id}", right: store.KeyUserWrite, use: writes},
		{method: http.MethodPost, path: path + "/{id}/rotate-secret", right: store.KeyUserWrite, use: writes},
		{method: http.MethodPost, path: path + "/{id}/test", right: store.KeyUserWrite, use: writes},
	} {
		of.cannot = why
		all = append(all, of)
	}
	return all
}
