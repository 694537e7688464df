package xfer_test

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/xfer"
)

func TestEncodingFollowsTheContentType(t *testing.T) {
	t.Parallel()
	for contentType, want := range map[string]xfer.Encoding{
		"application/x-fossil":                          xfer.Compressed,
		"application/x-fossil; charset=utf-8":           xfer.Compressed,
		"Application/X-Fossil-Uncompressed":             xfer.Uncompressed,
		"application/x-fossil-debug":                    xfer.Debug,
		xfer.Uncompressed.ContentType() + "; charset=x": xfer.Uncompressed,
	} {
		if got, ok := xfer.EncodingOf(contentType); !ok || got != want {
			t.Errorf("%q = %v, %v, want %v", contentType, got, ok, want)
		}
	}
	for _, contentType := range []string{"", "text/plain", "application/x-fossil-other", "application/x-www-form-urlencoded", ";"} {
		if got, ok := xfer.EncodingOf(contentType); ok {
			t.Errorf("%q = %v, want none", contentType, got)
		}
	}
}

func TestDecodeTakesEveryFraming(t *testing.T) {
	t.Parallel()
	plain := []byte("pull a b\nclone 3 1\n")
	for name, c := range map[string]struct {
		body []byte
		e    xfer.Encoding
	}{
		"framed":             {xfer.Encode(plain, xfer.Compressed), xfer.Compressed},
		"bare zlib":          {blob.Compress(nil, plain)[4:], xfer.Compressed},
		"plain by mistake":   {plain, xfer.Compressed},
		"uncompressed":       {xfer.Encode(plain, xfer.Uncompressed), xfer.Uncompressed},
		"debug":              {xfer.Encode(plain, xfer.Debug), xfer.Debug},
		"plain like zlib":    {[]byte("pullh\x05\n"), xfer.Uncompressed},
		"nothing":            {nil, xfer.Compressed},
		"nothing compressed": {xfer.Encode(nil, xfer.Compressed), xfer.Compressed},
	} {
		got, err := xfer.Decode(c.body, c.e, xfer.NewBudget(100))
		if err != nil || len(c.body) > 12 && !bytes.Equal(got, plain) {
			t.Errorf("%s = %q, %v", name, got, err)
		}
	}
}

func TestDecodeRefusesGarbage(t *testing.T) {
	t.Parallel()
	for _, body := range [][]byte{{0}, {0, 0, 0, 5, 'x', 0x9c, 0xff}, {0xff, 0xfe, 0, 1, 2, 3}, []byte("GET\x00/")} {
		if got, err := xfer.Decode(body, xfer.Compressed, xfer.NewBudget(100)); !errors.Is(err, xfer.ErrMessage) {
			t.Errorf("%q = %q, %v, want ErrMessage", body, got, err)
		}
	}
}

func TestOneBudgetCountsEveryLayer(t *testing.T) {
	t.Parallel()
	bomb := blob.Compress(nil, make([]byte, 1<<20))
	var w xfer.Writer
	w.CFile(xfer.CFile{UUID: uuidA, Size: 1 << 20, Framed: bomb})
	w.CFile(xfer.CFile{UUID: uuidB, Size: 1 << 20, Framed: bomb})
	body := xfer.Encode(w.Bytes(), xfer.Compressed)

	if _, err := xfer.Decode(body, xfer.Compressed, xfer.NewBudget(int64(w.Len())-1)); !errors.Is(err, xfer.ErrBudget) {
		t.Errorf("outer layer: %v, want ErrBudget", err)
	}
	budget := xfer.NewBudget(1<<20 + int64(w.Len()))
	plain, err := xfer.Decode(body, xfer.Compressed, budget)
	if err != nil {
		t.Fatal(err)
	}
	cards, err := readAll(plain)
	if err != nil || len(cards) != 2 {
		t.Fatalf("%d cards, %v", len(cards), err)
	}
	if b, err := cards[0].(xfer.CFile).Plain(budget); err != nil || len(b) != 1<<20 || budget.Left() != 0 {
		t.Errorf("first artifact: %d bytes, %v, %d left", len(b), err, budget.Left())
	}
	if _, err := cards[1].(xfer.CFile).Plain(budget); !errors.Is(err, xfer.ErrBudget) {
		t.Errorf("second artifact: %v, want ErrBudget", err)
	}
}

func TestConfigRows(t *testing.T) {
	t.Parallel()
	row, err := xfer.ParseConfig([]byte("1795499074 'it''s' pw 'x y' cap '' info 'a\nb'"))
	want := xfer.ConfigRow{MTime: 1795499074, Name: "it's", Pairs: []xfer.ConfigPair{{Column: "pw", Value: "x y"}, {Column: "cap"}, {Column: "info", Value: "a\nb"}}}
	if err != nil || !reflect.DeepEqual(row, want) {
		t.Errorf("row = %+v, %v, want %+v", row, err, want)
	}
	if got := string(xfer.AppendConfig(nil, want)); got != "1795499074 'it''s' pw 'x y' cap '' info 'a\nb'" {
		t.Errorf("payload = %q", got)
	}
	if v, ok := row.Value("pw"); v != "x y" || !ok {
		t.Errorf("pw = %q, %v", v, ok)
	}
	if v, ok := row.Value("photo"); ok {
		t.Errorf("photo = %q, want none", v)
	}
	for _, bad := range []string{"", "1", "x 'y'", "1 'y", "1 'y' col", "1 'y' col 'v", "-1 'y'", "NaN 'y'"} {
		if row, err := xfer.ParseConfig([]byte(bad)); !errors.Is(err, xfer.ErrSyntax) {
			t.Errorf("%q = %+v, %v, want ErrSyntax", bad, row, err)
		}
	}
}
