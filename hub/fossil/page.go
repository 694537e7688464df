package fossil

import (
	"bytes"
	"errors"
	"html/template"
	"net"
	"net/http"
	"strconv"
)

// page is what people see who open the hub's address in a browser.
var page = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{.Name}}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:45em;margin:3em auto;padding:0 1em}code{background:#8882;padding:.2em .4em}</style>
<h1>{{.Name}}</h1>
{{with .Tip}}<p>Tip of {{.Branch}}: <code>{{slice .UUID 0 10}}</code> {{.Comment}} ({{.User}}, {{.Time.Format "2006-01-02 15:04:05"}} UTC)</p>
{{else}}<p>No check-in yet.</p>
{{end}}<p>Clone it with <code>fossil clone http://{{.Host}}/ {{.File}}</code></p>
</html>
`))

type pageData struct {
	Name, Host, File string
	Tip              *CheckIn
}

func (h *handler) page(w http.ResponseWriter, q *http.Request) {
	if why := h.repo.unavailable(); why != "" {
		http.Error(w, why, http.StatusServiceUnavailable)
		return
	}
	data := pageData{Name: h.repo.ProjectName(), Host: q.Host, File: "project.fossil"}
	if data.Name == "" {
		data.Name = "fossil repository"
	}
	tip, err := h.repo.Tip(q.Context(), Trunk)
	switch {
	case err == nil:
		data.Tip = &tip
	case !errors.Is(err, ErrNotFound):
		http.Error(w, "the repository cannot be read", http.StatusInternalServerError)
		return
	}
	var body bytes.Buffer
	if err := page.Execute(&body, data); err != nil {
		http.Error(w, "the page cannot be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	_, _ = body.WriteTo(w) // the client has gone
}

// peerAddr returns the peer's address without the port.
func peerAddr(q *http.Request) string {
	host, _, err := net.SplitHostPort(q.RemoteAddr)
	if err != nil {
		return q.RemoteAddr
	}
	return host
}
