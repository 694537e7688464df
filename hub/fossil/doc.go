// Package fossil is a Fossil repository for a hub: it creates and reads the
// file, commits to it, and serves it to Fossil clients over HTTP. The file can
// be read and written by the fossil program at the same time.
//
//	repo, err := fossil.Create(ctx, "hub.fossil", fossil.CreateOptions{ProjectName: "demo"})
//	if err != nil {
//		return err
//	}
//	defer repo.Close()
//	_, err = repo.Commit(ctx, fossil.Commit{
//		User:    "orchestrator",
//		Comment: "first",
//		Files:   []fossil.File{{Name: "README", Content: []byte("hello\n")}},
//	})
//	if err != nil {
//		return err
//	}
//	repo.SetReady(true)
//	srv := fossil.NewServer(repo.Handler(fossil.HandlerOptions{Hosts: []string{"127.0.0.1:8080"}}))
//
// Every method is safe for concurrent use and returns the context's error when
// it ends first.
package fossil
