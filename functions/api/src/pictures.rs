use crate::request::Request;
use crate::{Api, answer};
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use domain::error::{ErrorCode, Refusal};
use domain::identity::Viewer;
use domain::ids::{AttemptKey, VariantKey};
use domain::image::{Format, inspect};
use domain::keys;
use lifecycle::StepError;

impl Api {
    /// A picture of a variant's page. It is there before the page names it, also while the variant is still running.
    pub(crate) async fn picture(
        &self,
        viewer: &Viewer,
        request: &Request,
    ) -> Result<ApiGatewayV2httpResponse, StepError> {
        let (attempt, number) = request.picture()?;
        let variant = VariantKey { generation_id: request.generation_id()?, variant_index: request.variant_index()? };
        let (bytes, format) = self.drawn(viewer, &AttemptKey { variant, attempt }, number).await?;
        Ok(answer::picture(bytes, format))
    }

    /// The same for an export.
    pub(crate) async fn drawn(
        &self,
        viewer: &Viewer,
        key: &AttemptKey,
        number: u32,
    ) -> Result<(Vec<u8>, Format), StepError> {
        self.visible(viewer, &key.variant.generation_id).await?;
        let object = self.objects.get(&keys::picture(key, number)).await?;
        // By its content: what is served is a picture, whatever was stored.
        let drawn = object.and_then(|object| inspect(&object.bytes).ok().map(|picture| (object.bytes, picture.format)));
        drawn.ok_or_else(|| Refusal::general(ErrorCode::NotFound, "There is no such picture.").into())
    }
}
