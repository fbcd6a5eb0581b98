"""deliver messages."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('outbox') as outbox:
        outbox.add_column(sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True))
        outbox.add_column(sa.Column('why', sa.Text(), server_default='', nullable=False, comment='why it did not go out the last time: address, refused, limited, away, settings'))


def downgrade() -> None:
    with op.batch_alter_table('outbox') as outbox:
        outbox.drop_column('why')
        outbox.drop_column('failed_at')
