//! Tags: entries that are invalidated together, however many there are.
//!
//! `cargo run --example tags`

use cache_runtime::{Cache, CacheKey, cached, invalidates, outcome};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Article {
    id: u64,
    author: String,
}

/// One article, by id. Its tag names a field of the value: the key does not know who wrote it.
#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "article", value = Article, ttl = "1h", tags("author:{ret.author}"))]
struct ArticleKey {
    id: u64,
}

#[cached(ArticleKey { id })]
async fn article(id: u64) -> Article {
    let author = if id.is_multiple_of(2) { "ada" } else { "grace" };
    Article { id, author: author.to_owned() }
}

/// A list without a key type: tags stand in the attribute, with parameters between braces.
#[cached(resource = "front-page", key(section), ttl = "1h", tags("front-pages", "section:{section}"))]
async fn front_page(section: &str) -> Vec<u64> {
    vec![section.len() as u64]
}

/// Changes every article of an author, so it names their tag.
#[invalidates(tag("author:{author}"), tag("front-pages"))]
async fn rename_author(author: &str) -> Result<(), String> {
    println!("rename_author({author:?}) runs\n");
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cache = Cache::builder().build()?;
    cache
        .scope(async {
            for id in 1..=4 {
                article(id).await;
            }
            front_page("science").await;
            show("before").await;
            rename_author("ada").await?;
            let hits = show("after: ada's articles and the front page are loaded anew").await;
            assert_eq!(hits, [true, false, true, false, false]);
            // By hand, with any tag.
            cache.invalidate_tag("author:grace").await?;
            let hits = show("and without grace's").await;
            assert_eq!(hits, [false, true, false, true, true]);
            Ok(())
        })
        .await
}

async fn show(when: &str) -> Vec<bool> {
    println!("{when}:");
    let mut hits = Vec::new();
    for id in 1..=4 {
        let (article, how) = outcome(article(id)).await;
        println!("  article {} by {:<6} {how}", article.id, article.author);
        hits.push(how.is_hit());
    }
    let (_, how) = outcome(front_page("science")).await;
    println!("  front page          {how}\n");
    hits.push(how.is_hit());
    hits
}
