use std::io;

use cache_runtime::{Status, cached};

use crate::{alone, status};

type Short<T> = Result<T, io::Error>;
type Maybe = Option<u32>;

#[cached(resource = "aliased", key(id))]
async fn aliased(id: u32) -> Short<u32> {
    if id == 0 { Err(io::Error::other("zero")) } else { Ok(id) }
}

#[cached(resource = "aliased-option", key(id), cache_none = "30s")]
async fn aliased_option(id: u32) -> Maybe {
    (id > 0).then_some(id)
}

#[cached(resource = "nested", key(id))]
async fn nested(id: u32) -> Short<Option<u32>> {
    let id: u32 = id.to_string().parse().map_err(io::Error::other)?;
    Ok((id > 0).then_some(id))
}

#[tokio::test]
async fn aliases_are_seen_through() {
    alone(async {
        miss_then_hit!(async { aliased(1).await.ok() });
        assert!(aliased(0).await.is_err());
        assert_eq!(status(aliased(0)).await.1, Status::Miss, "an error is not cached");
        miss_then_hit!(aliased_option(1));
        assert_eq!(miss_then_hit!(aliased_option(0)), None, "`None` is cached on request");
        nested(0).await.expect("none");
        assert_eq!(status(nested(0)).await.1, Status::Miss, "`None` is not cached otherwise");
    })
    .await;
}

#[cached(resource = "question", key(id))]
async fn question_marks(id: &str) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    let id: u32 = id.parse()?;
    if id == 0 {
        return Err("zero".into());
    }
    if id == 1 {
        return Ok(11);
    }
    Ok(id)
}

#[tokio::test]
async fn question_marks_and_returns_in_the_body() {
    alone(async {
        assert_eq!(miss_then_hit!(async { question_marks("1").await.ok() }), Some(11));
        assert!(question_marks("x").await.is_err());
        assert!(question_marks("0").await.is_err());
    })
    .await;
}
